# As kubeadm wrote them, and then what Mattias wanted of etcd.
ssh control-plane <<'END'
kubeadm init phase etcd local
kubeadm init phase control-plane apiserver
sed -i 's/^\( *\)- etcd$/&\n\1- --auto-compaction-retention=8h/' /etc/kubernetes/manifests/etcd.yaml
END
sleep 60
