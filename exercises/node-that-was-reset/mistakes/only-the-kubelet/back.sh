ssh node-2 systemctl enable --now kubelet
sleep 20
kubectl label node node-2 berth=east
