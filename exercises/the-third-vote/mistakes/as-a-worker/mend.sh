ssh control-plane '
  e="etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
  $e member remove $($e member list | grep "control-plane-3," | cut -d , -f 1)
'
kubectl delete node control-plane-3
join=$(ssh control-plane kubeadm token create --print-join-command)
ssh control-plane-3 "$join"
kubectl label node control-plane-3 node-role.kubernetes.io/control-plane=
