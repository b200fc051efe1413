# A rollout brings each new lookout before it takes an old one away. The clock gets an owner.
kubectl cordon node-1
kubectl create deployment clock --image=busybox:1.37 -- sh -c "while date; do sleep 5; done"
kubectl rollout restart deployment/watch deployment/archive
kubectl rollout status deployment/watch --timeout=60s
kubectl rollout status deployment/archive --timeout=60s
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s
