ssh control-plane kubeadm certs renew apiserver
