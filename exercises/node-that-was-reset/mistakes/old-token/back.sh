scp control-plane:/root/join.sh join.sh
timeout 60 ssh node-2 "$(cat join.sh)"
kubectl label node node-2 berth=east
