ssh control-plane <<'END'
cd /etc/kubernetes/pki/etcd
etcdctl --cacert=ca.crt --cert=server.crt --key=server.key snapshot save /var/backups/etcd/tuesday.db
END
kubectl create configmap pilots --from-literal=on-duty='Aukje, Bram and Folkert'
kubectl create -f - <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: beacons}
spec:
  replicas: 2
  selector: {matchLabels: {app: beacons}}
  template:
    metadata: {labels: {app: beacons}}
    spec: {containers: [{name: beacon, image: "busybox:1.37", command: [sleep, infinity]}]}
END
kubectl rollout status deployment/beacons
