kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=40s
kubectl run clock --image=busybox:1.37 --labels=app=clock -- sh -c "while date; do sleep 5; done"
sleep 5
