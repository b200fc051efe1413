kubectl taint nodes node-2 paint-
kubectl cordon node-2
kubectl delete pods -l app=press --now
