ssh control-plane <<'END'
mkdir /root/manifests && mv /etc/kubernetes/manifests/*.yaml /root/manifests
etcdutl snapshot restore /var/backups/etcd/monday.db --data-dir=/var/lib/etcd-monday --bump-revision=1000000 --mark-compacted
sleep 20
sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-monday#' /root/manifests/etcd.yaml
mv /root/manifests/*.yaml /etc/kubernetes/manifests
sleep 60
cd /etc/kubernetes/pki/etcd
etcdctl --cacert=ca.crt --cert=server.crt --key=server.key snapshot save /var/backups/etcd/tuesday.db
END
