kubectl -n kube-system patch daemonset kube-proxy --type=json -p '[{"op": "remove", "path": "/spec/template/spec/nodeSelector"}]'
kubectl -n kube-system rollout status daemonset/kube-proxy --timeout=60s
