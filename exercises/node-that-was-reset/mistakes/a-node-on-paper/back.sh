kubectl apply -f - <<'END'
apiVersion: v1
kind: Node
metadata: {name: node-2, labels: {berth: east}}
END
sleep 20
