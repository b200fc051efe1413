kubectl -n kube-system get configmap kube-proxy -o yaml > proxy.yaml
sed -i 's/mode: ""/mode: "__MODE__"/' proxy.yaml
kubectl replace -f proxy.yaml
kubectl -n kube-system delete pods -l k8s-app=kube-proxy
sleep 15
