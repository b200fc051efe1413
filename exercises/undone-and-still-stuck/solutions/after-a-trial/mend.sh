# Somebody has looked about with a Pod of their own before.
kubectl run looker --image=busybox:1.37 -- sleep infinity
sleep 5
kubectl delete pod looker --now
kubectl delete pod moorings-2
kubectl rollout status statefulset/moorings --timeout=60s
