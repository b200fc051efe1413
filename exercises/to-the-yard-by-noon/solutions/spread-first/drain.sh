# The clock moves by its own manifest, the lookouts as soon as a fourth is there.
kubectl get pod clock -o yaml > clock.yaml
sed -i '/nodeName:/d; /resourceVersion:/d; /uid:/d' clock.yaml
kubectl scale deployment watch --replicas=4
kubectl cordon node-1
kubectl wait --for=jsonpath='{.status.readyReplicas}'=4 deployment/watch --timeout=60s
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s
kubectl apply -f clock.yaml
kubectl scale deployment watch --replicas=2
sleep 10
