ssh control-plane "sed -i 's/^   - --auto/    - --auto/' /etc/kubernetes/manifests/etcd.yaml"
sleep 60
