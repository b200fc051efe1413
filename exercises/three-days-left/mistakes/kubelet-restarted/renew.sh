ssh control-plane 'kubeadm certs renew all && systemctl restart kubelet'
sleep 30
