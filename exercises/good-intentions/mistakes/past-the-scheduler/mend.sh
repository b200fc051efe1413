ssh node-1 "sed -i s/treshold/threshold/ /etc/default/kubelet; systemctl restart kubelet"
ssh node-2 systemctl enable --now kubelet
kubectl patch deployment lamps -p '{"spec":{"template":{"spec":{"nodeName":"node-1"}}}}'
kubectl rollout status deployment/lamps --timeout=90s
