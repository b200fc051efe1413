kubectl patch pdb watch --type=merge -p '{"spec":{"minAvailable":1}}'
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s
kubectl patch pdb watch --type=merge -p '{"spec":{"minAvailable":2}}'
kubectl run clock --image=busybox:1.37 --labels=app=clock -- sh -c "while date; do sleep 5; done"
sleep 20
