import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/, as short as it can be

const REPLICATED = `apiVersion: v1
kind: ConfigMap
metadata: {name: mysql}
data:
  primary.cnf: "[mysqld]\\nlog-bin\\n"
  replica.cnf: "[mysqld]\\nsuper-read-only\\n"
---
apiVersion: v1
kind: Service
metadata: {name: mysql}
spec: {ports: [{port: 3306}], clusterIP: None, selector: {app: mysql}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: mysql}
spec:
  selector: {matchLabels: {app: mysql}}
  serviceName: mysql
  replicas: 2
  template:
    metadata: {labels: {app: mysql}}
    spec:
      initContainers:
      - name: init-mysql
        image: mysql:5.7
        command:
        - bash
        - -c
        - |
          [[ $HOSTNAME =~ -([0-9]+)$ ]] || exit 1
          ordinal=\${BASH_REMATCH[1]}
          printf '[mysqld]\\nserver-id=%s\\n' $((100 + ordinal)) > /conf/server-id.cnf
          if [[ $ordinal -eq 0 ]]; then cp /settings/primary.cnf /conf; else cp /settings/replica.cnf /conf; fi
        volumeMounts: [{name: conf, mountPath: /conf}, {name: settings, mountPath: /settings}]
      - name: clone-mysql
        image: gcr.io/google-samples/xtrabackup:1.0
        command:
        - bash
        - -c
        - |
          [[ -d /var/lib/mysql/mysql ]] && exit 0
          [[ $HOSTNAME == mysql-0 ]] && exit 0
          ncat --recv-only mysql-0.mysql 3307 | xbstream -x -C /var/lib/mysql
          xtrabackup --prepare --target-dir=/var/lib/mysql
        volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
      containers:
      - name: mysql
        image: mysql:5.7
        env: [{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: "1"}]
        volumeMounts: [{name: data, mountPath: /var/lib/mysql}, {name: conf, mountPath: /etc/mysql/conf.d}]
        readinessProbe: {exec: {command: [mysql, -h, 127.0.0.1, -e, SELECT 1]}, periodSeconds: 2}
      - name: xtrabackup
        image: gcr.io/google-samples/xtrabackup:1.0
        command:
        - bash
        - -c
        - |
          cd /var/lib/mysql
          if [[ -f xtrabackup_binlog_info ]]; then
            [[ $(<xtrabackup_binlog_info) =~ ^(.*?)[[:space:]]+(.*?)$ ]] || exit 1
            until mysql -h 127.0.0.1 -e 'SELECT 1'; do sleep 1; done
            mysql -h 127.0.0.1 -e "CHANGE MASTER TO MASTER_LOG_FILE='\${BASH_REMATCH[1]}', \\
              MASTER_LOG_POS=\${BASH_REMATCH[2]}, MASTER_HOST='mysql-0.mysql', MASTER_USER='root'; START SLAVE;"
          fi
          exec ncat --listen --keep-open --send-only 3307 -c \\
            'xtrabackup --backup --stream=xbstream --host=127.0.0.1 --user=root'
        volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
      volumes:
      - {name: conf, emptyDir: {}}
      - {name: settings, configMap: {name: mysql}}
      - {name: data, emptyDir: {}}
`;

test('a replica is cloned from the primary, follows it, and takes no writes', () => {
  const bed = new Testbed();
  bed.apply(REPLICATED);
  bed.untilReady('mysql-1', 60);
  const sql = (pod: string, statement: string) =>
    bed.kubectlAnyway('exec', pod, '-c', 'mysql', '--', 'mysql', '-N', '-e', statement);
  sql('mysql-0', "CREATE DATABASE test; CREATE TABLE test.m (m VARCHAR(9)); INSERT INTO test.m VALUES ('hello')");
  bed.pass(2);
  expect(sql('mysql-1', 'SELECT m, @@server_id FROM test.m').stdout).toBe('hello\t101\n');
  expect(sql('mysql-1', 'SHOW SLAVE STATUS').stdout).toContain('Waiting for master to send event\tmysql-0.mysql\troot');
  expect(sql('mysql-1', 'DELETE FROM test.m').stderr).toContain(
    'ERROR 1290 (HY000) at line 1: The MySQL server is running',
  );
  bed.killContainer('mysql-1', 'mysql');
  sql('mysql-0', "INSERT INTO test.m VALUES ('again')");
  bed.until('it has caught up', () => sql('mysql-1', 'SELECT m FROM test.m').stdout === 'hello\nagain\n');
});

// https://kubernetes.io/docs/tutorials/stateful-application/mysql-wordpress-persistent-volume/

const SITE = `apiVersion: v1
kind: Service
metadata: {name: wordpress-mysql}
spec: {ports: [{port: 3306}], selector: {app: wordpress-mysql}, clusterIP: None}
---
apiVersion: v1
kind: Service
metadata: {name: wordpress}
spec: {ports: [{port: 80}], selector: {app: wordpress}, type: LoadBalancer}
---
apiVersion: v1
kind: Pod
metadata: {name: wordpress-mysql, labels: {app: wordpress-mysql}}
spec:
  containers:
  - name: mysql
    image: mysql:8.0
    env:
    - {name: MYSQL_RANDOM_ROOT_PASSWORD, value: "1"}
    - {name: MYSQL_DATABASE, value: wordpress}
    - {name: MYSQL_USER, value: wordpress}
    - {name: MYSQL_PASSWORD, valueFrom: {secretKeyRef: {name: mysql-pass, key: password}}}
---
apiVersion: v1
kind: Pod
metadata: {name: wordpress, labels: {app: wordpress}}
spec:
  containers:
  - name: wordpress
    image: wordpress:6.2.1-apache
    env:
    - {name: WORDPRESS_DB_HOST, value: wordpress-mysql}
    - {name: WORDPRESS_DB_USER, value: wordpress}
    - {name: WORDPRESS_DB_PASSWORD, valueFrom: {secretKeyRef: {name: mysql-pass, key: password}}}
`;

test('WordPress is installed into MySQL, shows its post, and says when the database is gone', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'secret', 'generic', 'mysql-pass', '--from-literal=password=YOUR_PASSWORD');
  bed.apply(SITE);
  bed.untilReady('wordpress');
  bed.untilReady('wordpress-mysql');
  const visit = (path: string, ...more: readonly string[]) =>
    bed.run('workstation', 'curl', '-s', '-w', '%{http_code}', `http://10.0.0.200${path}`, ...more).stdout;
  bed.until('the database answers', () => visit('/') === '302');
  expect(visit('/wp-admin/install.php')).toContain('<title>WordPress › Installation</title>');
  const form = "weblog_title=Drydock's&user_name=ann&admin_password=x&admin_email=ann";
  expect(visit('/wp-admin/install.php?step=2', '-d', form)).toContain('You must provide an email address.');
  expect(visit('/wp-admin/install.php?step=2', '-d', `${form}@a.example`)).toContain('<h1>Success!</h1>');
  expect(visit('/')).toMatch(/<h1>Drydock's<\/h1>[\s\S]*<h2>Hello world!<\/h2>[\s\S]*200$/);
  bed.kubectl('delete', 'pod', 'wordpress-mysql', '--now');
  expect(visit('/')).toMatch(/<h1>Error establishing a database connection<\/h1>[\s\S]*500$/);
});
