ssh control-plane kubeadm certs renew all
kubectl delete pod -n kube-system kube-apiserver-control-plane
sleep 30
