kubectl label node node-2 doors=open
kubectl -n kube-system rollout status daemonset/kube-proxy --timeout=60s
