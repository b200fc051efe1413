ssh control-plane <<'END'
cd /etc/kubernetes/manifests
sed -i 's/^   - --auto/    - --auto/' etcd.yaml
sed -i '/--enable-admission-plugins/d' kube-apiserver.yaml
END
sleep 60
