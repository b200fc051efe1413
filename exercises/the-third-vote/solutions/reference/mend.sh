ssh control-plane '
  e="etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
  $e member remove $($e member list | grep "control-plane-3," | cut -d , -f 1)
'
kubectl delete node control-plane-3
join=$(ssh control-plane 'kubeadm token create --print-join-command --certificate-key $(kubeadm init phase upload-certs --upload-certs | tail -n 1)')
ssh control-plane-3 "$join"
