ssh control-plane "kubeadm init phase etcd local; kubeadm init phase control-plane apiserver"
sleep 60
