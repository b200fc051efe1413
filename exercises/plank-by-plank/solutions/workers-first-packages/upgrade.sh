# A patch release changes nothing that Pods would notice: a kubelet may be started anew under them.
for machine in control-plane node-1 node-2; do
  ssh $machine "apt-get update && apt-get install -y --allow-change-held-packages kubeadm=1.36.2-1.1 kubelet=1.36.2-1.1 kubectl=1.36.2-1.1"
done
echo y | ssh control-plane kubeadm upgrade apply 1.36.2
for machine in control-plane node-1 node-2; do
  ssh $machine systemctl restart kubelet
  sleep 5
done
