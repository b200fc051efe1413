ssh control-plane '
  e="etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
  $e member remove $($e member list | grep "control-plane-3," | cut -d , -f 1)
'
