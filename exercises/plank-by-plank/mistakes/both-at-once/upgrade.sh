for machine in control-plane node-1 node-2; do
  ssh $machine "apt-get update && apt-get install -y --allow-change-held-packages kubeadm=1.36.2-1.1 kubelet=1.36.2-1.1 kubectl=1.36.2-1.1"
done
ssh control-plane kubeadm upgrade apply 1.36.2 -y
ssh control-plane systemctl restart kubelet
sleep 20
kubectl cordon node-1 node-2
kubectl drain node-1 node-2 --ignore-daemonsets --disable-eviction
for node in node-1 node-2; do
  ssh $node systemctl restart kubelet
  kubectl uncordon $node
done
sleep 10
