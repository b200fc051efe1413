kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/mode: ""/mode: __MODE__s/' | kubectl apply -f -
kubectl -n kube-system rollout restart daemonset/kube-proxy
sleep 15
