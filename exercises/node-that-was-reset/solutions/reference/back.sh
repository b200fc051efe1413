join=$(ssh control-plane kubeadm token create --print-join-command)
ssh node-2 "$join"
kubectl label node node-2 berth=east
kubectl wait --for=condition=Ready node/node-2 --timeout=60s
