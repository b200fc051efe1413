for machine in control-plane node-1 node-2; do
  ssh $machine "apt-get update && apt-get install -y --allow-change-held-packages kubeadm=1.36.2-1.1 kubelet=1.36.2-1.1 kubectl=1.36.2-1.1"
  ssh $machine systemctl restart kubelet
done
ssh control-plane "sed -i s/v1.36.1/v1.36.2/ /etc/kubernetes/manifests/*.yaml"
sleep 30
