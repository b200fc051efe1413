for machine in control-plane node-1 node-2; do
  ssh $machine "apt-mark unhold kubeadm kubelet kubectl && apt-get update && apt-get install -y kubeadm kubelet kubectl"
done
ssh control-plane kubeadm upgrade apply v1.36.2 -y
for machine in control-plane node-1 node-2; do
  ssh $machine systemctl restart kubelet
  sleep 5
done
