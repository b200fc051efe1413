ssh node-2 "$(ssh control-plane kubeadm token create --ttl 0 --print-join-command)"
kubectl label node node-2 berth=east
sleep 20
