kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/mode: ""/mode: __MODE__/' | kubectl apply -f -
sleep 5
