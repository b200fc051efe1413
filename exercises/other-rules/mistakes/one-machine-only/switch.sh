kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/mode: ""/mode: __MODE__/' | kubectl apply -f -
kubectl -n kube-system delete pods -l k8s-app=kube-proxy --field-selector spec.nodeName=node-1
sleep 10
