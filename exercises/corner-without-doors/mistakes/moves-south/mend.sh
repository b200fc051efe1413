kubectl delete pod south --now
kubectl run south --image=busybox:1.37 --overrides='{"spec":{"nodeName":"node-1","terminationGracePeriodSeconds":1}}' -- sleep infinity
kubectl wait --for=condition=Ready pod/south --timeout=60s
