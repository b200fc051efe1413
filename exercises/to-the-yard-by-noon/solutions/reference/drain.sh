kubectl cordon node-1
kubectl scale deployment watch --replicas=3
kubectl rollout status deployment/watch --timeout=60s
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s
kubectl run clock --image=busybox:1.37 --labels=app=clock -- sh -c "while date; do sleep 5; done"
kubectl wait --for=condition=Ready pod/clock --timeout=60s
