# The directory stays where it was; whoever has heard too much is started anew.
ssh control-plane <<'END'
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
etcdctl snapshot save /var/backups/etcd/tuesday.db
mkdir /root/manifests && mv /etc/kubernetes/manifests/*.yaml /root/manifests
sleep 20
mv /var/lib/etcd /var/lib/etcd-tuesday
etcdutl snapshot restore /var/backups/etcd/monday.db --data-dir=/var/lib/etcd
mv /root/manifests/*.yaml /etc/kubernetes/manifests
systemctl restart kubelet
END
ssh node-1 systemctl restart kubelet
sleep 60
