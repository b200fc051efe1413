ssh control-plane '
  e="etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
  $e member remove $($e member list | grep "control-plane-3," | cut -d , -f 1)
'
# The authorities by hand, as before kubeadm could carry them.
ssh control-plane-2 'cd /etc/kubernetes/pki && tar czf /root/pki.tgz ca.* sa.* front-proxy-ca.* etcd/ca.* && scp /root/pki.tgz control-plane-3:/root/'
ssh control-plane-3 'mkdir -p /etc/kubernetes/pki && tar xzf /root/pki.tgz -C /etc/kubernetes/pki'
join=$(ssh control-plane-2 kubeadm token create --print-join-command)
ssh control-plane-3 "$join --control-plane"
