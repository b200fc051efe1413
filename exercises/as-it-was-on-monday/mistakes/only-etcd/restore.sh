ssh control-plane <<'END'
cd /etc/kubernetes/pki/etcd
etcdctl --cacert=ca.crt --cert=server.crt --key=server.key snapshot save /var/backups/etcd/tuesday.db
etcdutl snapshot restore /var/backups/etcd/monday.db --data-dir=/var/lib/etcd-monday
sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-monday#' /etc/kubernetes/manifests/etcd.yaml
END
sleep 60
