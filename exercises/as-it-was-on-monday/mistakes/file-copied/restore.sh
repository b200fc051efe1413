ssh control-plane <<'END'
cd /etc/kubernetes/pki/etcd
etcdctl --cacert=ca.crt --cert=server.crt --key=server.key snapshot save /var/backups/etcd/tuesday.db
mkdir -p /var/lib/etcd-monday/member/snap
cp /var/backups/etcd/monday.db /var/lib/etcd-monday/member/snap/db
sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-monday#' /etc/kubernetes/manifests/etcd.yaml
END
sleep 60
