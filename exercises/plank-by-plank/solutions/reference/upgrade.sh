ssh control-plane "apt-mark unhold kubeadm && apt-get update && apt-get install -y kubeadm='1.36.2-*' && apt-mark hold kubeadm"
ssh control-plane kubeadm upgrade apply v1.36.2 -y
kubectl drain control-plane --ignore-daemonsets
ssh control-plane "apt-mark unhold kubelet kubectl && apt-get install -y kubelet='1.36.2-*' kubectl='1.36.2-*' && apt-mark hold kubelet kubectl"
ssh control-plane "systemctl daemon-reload && systemctl restart kubelet"
kubectl uncordon control-plane
for node in node-1 node-2; do
  ssh $node "apt-mark unhold kubeadm && apt-get update && apt-get install -y kubeadm='1.36.2-*' && apt-mark hold kubeadm"
  ssh $node kubeadm upgrade node
  kubectl drain $node --ignore-daemonsets
  ssh $node "apt-mark unhold kubelet kubectl && apt-get install -y kubelet='1.36.2-*' kubectl='1.36.2-*' && apt-mark hold kubelet kubectl"
  ssh $node "systemctl daemon-reload && systemctl restart kubelet"
  kubectl uncordon $node
  kubectl wait --for=condition=Ready node/$node --timeout=60s
  kubectl rollout status deployment/ferry
done
