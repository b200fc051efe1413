ssh control-plane kubeadm certs renew apiserver-kubelet-client
ssh control-plane 'crictl stop $(crictl ps -q --name kube-apiserver)'
sleep 30
