kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/mode: ""/mode: __MODE__/' | kubectl apply -f -
kubectl -n kube-system rollout restart daemonset/kube-proxy
kubectl -n kube-system rollout status daemonset/kube-proxy --timeout=90s
