kubectl cordon node-1
kubectl scale deployment watch --replicas=3
kubectl rollout status deployment/watch --timeout=60s
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s
