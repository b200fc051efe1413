ssh control-plane kubeadm certs check-expiration
ssh control-plane kubeadm certs renew apiserver
# The kubelet starts another container in the place of the one that has ended.
ssh control-plane 'crictl stop $(crictl ps -q --name kube-apiserver)'
sleep 30
