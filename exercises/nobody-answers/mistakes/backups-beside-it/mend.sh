# What sed leaves behind is read as well: a second API server of the same name, with the old plugins.
ssh control-plane <<'END'
cd /etc/kubernetes/manifests
sed -i.bak 's/^   - --auto/    - --auto/' etcd.yaml
sed -i.bak 's/,PodSecurityPolicy//' kube-apiserver.yaml
END
sleep 60
