ssh control-plane <<'END'
cd /etc/kubernetes/manifests
sed -i '/--auto-compaction/d' etcd.yaml
sed -i '/PodSecurityPolicy/d' kube-apiserver.yaml
END
sleep 60
