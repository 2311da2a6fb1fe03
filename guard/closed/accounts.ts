import type { Closed } from './closed.ts'

/** People, directories, and sites with their own administration. */
export const accounts: readonly Closed[] = [
  {
    of: 'samba-tool ipa kanidm kcadm.sh kcadm realm adcli net pdbedit authentik sss_override gitea forgejo gitlab-ctl',
    action: 'user_removal',
    values: '-c -C --config -U --username -r --target-realm -H --URL',
    harmless:
      'user (list|show|create|add|edit|setpassword|enable|getgroups|password|move|rename|unlock|setexpiry|find), (group|ou|computer|contact) (list|listmembers|show|create|add|addmembers|edit|members|move|stats), domain (level|info|passwordsettings|exportkeytab|backup|trust (list|show|validate)), drs (showrepl|kcc|bind|options|replicate|clone-dc-database), dbcheck, fsmo show, gpo (list\\S*|show|create|backup|fetch|get\\S*), dns (query|serverinfo|zonelist|zoneinfo|add|zonecreate|roothints), ntacl get, processes, testparm, time, sites (list|create), \\S+-(find|show|add|mod|status|enable|unlock|add-member|add-permission|is-enabled), topologysegment-\\S+, env, ping, whoami, ads (testjoin|info|join|search|status|user|group|lookup|keytab (list|create|add)|dn|sid), rpc (info|user|group|share|trustdom list|testjoin|rights list), usersidlist, groupmap (list|add|modify), getlocalsid, getdomainsid, conf (list|showshare|listshares|getparm|setparm|addshare|import), idmap (dump|get|check), cache (list|get|search), lookup, status, sam (show|list|createbuiltingroup), -\\S+, discover, permit, deny, testjoin, preset-computer, service-tail, tail, hup, show-config, reconfigure, restart, once, diff-config, check-config, renew-le-certs, pg-password-md5, get-\\S+, web, dump, doctor, admin (user (list|create|change-password|generate-access-token)|regenerate|auth list|sendmail), migrate, cert, manager, generate, keys, actions',
    never:
      /(^|\s)(-x|--delete|--disable)(\s|$)|\b(leave|demote|delete\S*|del|remove\S*|disable|cleanse|uninstall|purge|flush|kill|stop|reset-\S+|delshare|drop)\b/,
    nearer: [
      [/^(leave|ads leave)\b/, 'configuration_reset'],
      [/\b(cleanse|uninstall|stop)\b/, 'service_bulk_disable'],
    ],
    asks: [
      'samba-tool user delete m',
      'ipa user-del jdoe',
      'ipa server-del ipa2 --force',
      'kcadm.sh delete realms/prod',
      'realm leave',
      'net ads leave -U a',
      'pdbedit -x -u jdoe',
      'gitea admin user delete --id 4',
      'gitlab-ctl stop',
    ],
    passes: [
      'samba-tool user list',
      'ipa user-find jdoe',
      'kcadm.sh get realms/prod',
      'realm list',
      'net ads testjoin',
      'pdbedit -L',
      'gitea admin user list',
      'gitlab-ctl status',
    ],
  },
  {
    of: 'gitlab-rake gitlab-rails occ wp drush drupal artisan plesk whmapi1 uapi cpapi2 virtualmin cyberpanel hestia v-delete-user magento n98-magerun2 bench mautic shopware',
    action: 'database_drop',
    harmless:
      'cache (flush|clear|delete), cache:\\S+, cr, cc, rr, cex, updb, config:(list|get|set|import), \\S+:(list|info|status|show|check|get|set|add|scan|scan-app-data|resetpassword|lastseen|report|generate|enable|update|install|create|export|verify|fix-\\S+|repair|run|work|restart|retry|link|warmup|rebuild|reindex|deploy\\S*|compile|upgrade|test|make|publish|discover|key|optimize|clear|flush|cron|add-missing-\\S+|convert-\\S+|force|migrate|import|apply|execute|mode|index|di|setup|doctor|reload|log|watch|tail|cleanup-\\S+|send|sync), migrate( .*)?, (plugin|theme) (list|status|install|activate|deactivate|update|get|path|search|is-\\S+|uninstall|delete|toggle|verify-checksums), (post|user|comment|term|menu|media|option|config|site|super-admin|role|cron event|transient|rewrite|cap|network|taxonomy|post-type|widget|sidebar) (list|get|create|update|add|generate|set|import|regenerate|flush|run|test|meta|url|path|edit|check-password|session|count|status|switch-\\S+|set-role|pluck|patch|has|is-\\S+|add-cap), transient delete, db (export|query|check|tables|size|optimize|repair|search|prefix|columns|cli|import), core (version|update|check-update|verify-checksums|download|install|is-installed|config|update-db), search-replace, export, eval, eval-file, shell, scaffold, maintenance-mode, package (list|browse|install|update), language, i18n, profile, doctor, inspire, tinker, about, serve, queue:\\S+, horizon:\\S+, schedule:\\S+, route:\\S+, view:\\S+, event:\\S+, make:\\S+, storage:link, up, down, optimize\\S*, bin \\S+ (--list|-l|--info|-i|--create|-c|--update|-u|--help|--show\\S*).*, list\\S*, show\\S*, info, get\\S*, create-\\S+, modify-\\S+, enable-\\S+, backup-domain, validate-domains, check-\\S+, version, new-site, start, build, config, console, status, runner, dbconsole, gitlab:(check|env:info|backup:create|doctor:\\S+|geo:check|cache:clear|shell:check|gitaly:check|db:\\S*status|incoming_email:check|artifacts:check|lfs:check|uploads:check|ldap:check|smtp:check|git:fsck|tcp_check|elastic:info), cache:clear, db:(migrate:status|migrate|seed|version|create|setup-check), -\\S+, add\\S*, user:(list|info|add\\S*|enable|resetpassword|setting|lastseen|report), (files|group|app|config|db|maintenance|background|encryption|federation|integrity|log|security|theming|trashbin|versions|preview|dav|ldap|talk|notification|twofactorauth|workflows|update|upgrade|check|setupchecks|status|fulltextsearch|photos|recognize|memories|circles|sharing|admin_audit|activity|tag|info):?(list|add|enable|scan\\S*|mode|repair|check\\S*|get|set|status|show-\\S+|import|export|ajax|cron|webcron|system:get|system:set|app:get|app:set|config:list|disallowed-list|info|generate\\S*|size|expire|update|upgrade|code|file|manage|watch|tail)\\S*',
    never:
      /\b(db|site|sql|database) (reset|drop|clean|empty|delete)\b|\bsql-drop\b|\bdb:(wipe|drop|reset|schema:load|purge|truncate\S*|setup)\b|\bmigrate:(fresh|reset|refresh)\b|\b(user|group|app|theme|domain|file|share|account|bucket|queue|trashbin|versions|site):(delete|remove|disable|cleanup|flush|drop|delete-all|purge)\b|\bqueue:(flush|clear|forget)\b|(^|\s)(-r|--remove)(\s|$)|\bremoveacct|\bdelete-(domain|user)|(^|\s)delete\b.*(\$\(|--force|--all)|^bin \S+ (--remove|-r)\b|--wipe-data|\bsite empty\b|\buninstall$|\bmodel:prune|\bpm:uninstall|\bpmu\b|\bsite:install|\bsi\b|cleanup:(dirs|repos|orphan)/,
    nearer: [
      [/\b(user|account|removeacct|delete-domain|subscription|domain)\b/, 'user_removal'],
      [/\b(files|trashbin|versions|share|uploads|cleanup|post|media)\b/, 'filesystem_bulk_delete'],
      [/\b(app|plugin|theme|pm):(disable|remove)\b/, 'service_bulk_disable'],
    ],
    asks: [
      'wp db reset --yes',
      'wp site empty --yes',
      'drush sql-drop -y',
      'occ user:delete jdoe',
      'occ trashbin:cleanup --all-users',
      'plesk bin subscription --remove example.org',
      'whmapi1 removeacct username=acme',
      'virtualmin delete-domain --domain e.org',
      'gitlab-rake gitlab:cleanup:dirs',
      'artisan migrate:fresh',
    ],
    passes: [
      'wp plugin list',
      'wp cache flush',
      'drush status',
      'drush cr',
      'occ status',
      'occ user:list',
      'occ files:scan --all',
      'artisan migrate:status',
      'gitlab-rake gitlab:env:info',
      'wp db export a.sql',
      'plesk bin domain --info e.org',
    ],
  },
  {
    of: 'certbot lego step step-ca cfssl easyrsa cmctl',
    action: 'configuration_reset',
    harmless:
      'certificates, certonly, renew, run, plugins, register, show_account, enhance, update_account, delete, certificate (inspect|verify|lint|create|sign|format|fingerprint|bundle|install|needs-renewal), ca (health|bootstrap|certificate|renew|root|roots|token|provisioner (list|add|update)|init|sign), crypto .*, ssh (list|config|certificate|login|check-host|fingerprint|inspect|hosts|renew), context (list|select|current), path, build-\\S+, gen-\\S+, sign-\\S+, show-\\S+, init-pki, import-req, -\\S+, serve, inspect cert, approve, status, check api',
    never:
      /(^|\s)(revoke|unregister|--revoke|--deactivate|--uninstall|--deactivate-account|rollback|reset|uninstall)\b|\bprovisioner remove|\b(delete|remove)\b.*--(all|cert-name)?.*\*|--delete-after-revoke/,
    asks: ['certbot revoke --cert-path a.pem --delete-after-revoke', 'step ca revoke 1234', 'certbot unregister'],
    passes: [
      'certbot certificates',
      'certbot renew',
      'step certificate inspect a.pem',
      'certbot delete --cert-name old.example.com',
    ],
  },
]
