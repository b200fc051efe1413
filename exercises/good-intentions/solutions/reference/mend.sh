ssh control-plane sed -i s/leader-elct/leader-elect/ /etc/kubernetes/manifests/kube-scheduler.yaml
ssh node-1 "sed -i s/treshold/threshold/ /etc/default/kubelet; systemctl restart kubelet"
ssh node-2 systemctl enable --now kubelet
kubectl wait --for=condition=Ready node --all --timeout=60s
kubectl rollout status deployment/lamps --timeout=90s
