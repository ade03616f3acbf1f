-- Version 3: device events were never written; what a technician looks at is the log.

DROP TABLE event;
