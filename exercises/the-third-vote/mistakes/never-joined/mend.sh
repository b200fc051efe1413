# The old member is gone and a new one is announced, and nobody has started it.
ssh control-plane '
  e="etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
  $e member remove $($e member list | grep "control-plane-3," | cut -d , -f 1)
  $e member add control-plane-3 --peer-urls=https://10.0.0.12:2380
'
