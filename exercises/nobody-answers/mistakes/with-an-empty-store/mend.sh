ssh control-plane <<'END'
cd /etc/kubernetes/manifests
mv /var/lib/etcd /var/lib/etcd.old
sed -i 's/^   - --auto/    - --auto/' etcd.yaml
sed -i 's/,PodSecurityPolicy//' kube-apiserver.yaml
END
sleep 60
