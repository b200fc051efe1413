kubectl cordon node-1
sleep 1
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --disable-eviction --timeout=120s
kubectl run clock --image=busybox:1.37 --labels=app=clock -- sh -c "while date; do sleep 5; done"
sleep 20
