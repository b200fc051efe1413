kubectl delete node control-plane-3
ssh control-plane-3 kubeadm reset -f
