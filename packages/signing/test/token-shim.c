/*
 * A PKCS#11 module for tests: it hands every call to a real module and behaves, on request, like the tokens that the real
 * one is not: pulled out, with a keypad, with few tries left, with a key that wants the PIN for each signature, without
 * some mechanisms, failing, hanging or crashing. The requests stand line by line in the file `<this module>.control`,
 * which is read anew at each call; what happened is appended to `<this module>.log`.
 *
 *   module PATH            the real module
 *   absent                 no token is there, and its sessions are lost
 *   slots NUMBER           added to each slot number, as after another reader was plugged in
 *   tries NUMBER           PIN attempts, counted in `<this module>.tries`; then low, final try, locked
 *   always PIN             the key wants this PIN before each signature
 *   keypad PIN|cancel      the PIN is typed on the token; a PIN from the program is refused
 *   keypad-takes-empty     ... but an empty one from the program counts as none
 *   pin-length LEAST MOST  lengths of the PIN that the token tells
 *   flags MASK             added to the flags of the token
 *   hide MECHANISM...      mechanisms that the token does not have
 *   refuse MECHANISM...    mechanisms that it lists and does not take
 *   fail ID FUNCTION VALUE COUNT AFTER   after AFTER calls of FUNCTION the next COUNT return VALUE; a new ID counts anew
 *   hang FUNCTION          never returns
 *   crash FUNCTION         ends the process
 *   delay FUNCTION MILLISECONDS
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pkcs11/pkcs11.h>

#define MOST_SESSIONS 4096

static CK_FUNCTION_LIST_PTR real;
static CK_FUNCTION_LIST list;
static char path[4096];
/* Of each thread its own, since several sign at one time. */
static __thread char control[4096];
static int was_absent;
static char failing_id[64];
static long failing_calls;
static CK_SESSION_HANDLE waiting[MOST_SESSIONS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Operations of other threads; to finalise a module or close a session beneath them is undefined. */
static atomic_int operations;
static atomic_int most_operations;

static void beside(const char *suffix, char *name, size_t size)
{
  snprintf(name, size, "%s.%s", path, suffix);
}

static void read_control(void)
{
  char name[4200];
  beside("control", name, sizeof name);
  FILE *file = fopen(name, "r");
  size_t length = file == NULL ? 0 : fread(control, 1, sizeof control - 1, file);
  control[length] = 0;
  if (file != NULL)
    fclose(file);
}

/* The rest of the line that begins with `word`, or nothing. */
static const char *setting(const char *word, char *value, size_t size)
{
  size_t length = strlen(word);
  for (const char *line = control; *line != 0;)
  {
    const char *end = strchrnul(line, '\n');
    if (strncmp(line, word, length) == 0 && (line[length] == ' ' || line + length == end))
    {
      const char *rest = line[length] == ' ' ? line + length + 1 : end;
      snprintf(value, size, "%.*s", (int)(end - rest), rest);
      return value;
    }
    line = *end == 0 ? end : end + 1;
  }
  return NULL;
}

static int has(const char *word)
{
  char value[256];
  return setting(word, value, sizeof value) != NULL;
}

static int names(const char *word, CK_ULONG mechanism)
{
  char value[256], *rest = value;
  if (setting(word, value, sizeof value) == NULL)
    return 0;
  for (char *next; *rest != 0; rest = next)
  {
    CK_ULONG one = strtoul(rest, &next, 0);
    if (next == rest)
      return 0;
    if (one == mechanism)
      return 1;
  }
  return 0;
}

static CK_SLOT_ID shifted(void)
{
  char value[64];
  return setting("slots", value, sizeof value) == NULL ? 0 : strtoul(value, NULL, 0);
}

static void note(const char *what, CK_RV result)
{
  char name[4200];
  beside("log", name, sizeof name);
  FILE *file = fopen(name, "a");
  if (file == NULL)
    return;
  fprintf(file, "%s 0x%lx\n", what, (unsigned long)result);
  fclose(file);
}

static void lose_sessions(void)
{
  CK_SLOT_ID slots[64];
  CK_ULONG count = 64;
  if (real->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
    return;
  for (CK_ULONG at = 0; at < count; at++)
    real->C_CloseAllSessions(slots[at]);
}

/* What every call begins with: the value to return instead of calling the real module, or CKR_OK. */
static CK_RV enter(const char *function)
{
  char value[256], id[64], name[64];
  long result = 0, count = 0, after = 0;
  CK_RV injected = CKR_OK;
  pthread_mutex_lock(&lock);
  read_control();
  if (has("absent") && !was_absent)
    lose_sessions();
  was_absent = has("absent");
  if (setting("fail", value, sizeof value) != NULL &&
      sscanf(value, "%63s %63s %li %ld %ld", id, name, &result, &count, &after) == 5 && strcmp(name, function) == 0)
  {
    if (strcmp(id, failing_id) != 0)
    {
      strcpy(failing_id, id);
      failing_calls = 0;
    }
    failing_calls++;
    if (failing_calls > after && failing_calls <= after + count)
      injected = (CK_RV)result;
  }
  int is_late = setting("delay", value, sizeof value) != NULL && sscanf(value, "%63s %ld", name, &count) == 2 &&
                strcmp(name, function) == 0;
  int hangs = setting("hang", value, sizeof value) != NULL && strcmp(value, function) == 0;
  if (setting("crash", value, sizeof value) != NULL && strcmp(value, function) == 0)
    abort();
  pthread_mutex_unlock(&lock);
  if (is_late)
    usleep(count * 1000);
  while (hangs)
    pause();
  if (injected != CKR_OK)
    note(function, injected);
  return injected;
}

#define ENTER(name)                \
  do                               \
  {                                \
    CK_RV injected = enter(#name); \
    if (injected != CKR_OK)        \
      return injected;             \
  } while (0)
#define ENTER_SESSION(name)       \
  ENTER(name);                    \
  if (was_absent)                 \
  return CKR_DEVICE_REMOVED

static int tries_left(void)
{
  char most[64], name[4200];
  if (setting("tries", most, sizeof most) == NULL)
    return -1;
  int left = atoi(most);
  beside("tries", name, sizeof name);
  FILE *file = fopen(name, "r");
  if (file != NULL)
  {
    if (fscanf(file, "%d", &left) != 1)
      left = atoi(most);
    fclose(file);
  }
  return left;
}

static void count_try(CK_RV result)
{
  char most[64], name[4200];
  int left = tries_left();
  if (left < 0 || setting("tries", most, sizeof most) == NULL || (result != CKR_OK && result != CKR_PIN_INCORRECT))
    return;
  beside("tries", name, sizeof name);
  FILE *file = fopen(name, "w");
  if (file == NULL)
    return;
  fprintf(file, "%d\n", result == CKR_OK ? atoi(most) : left > 0 ? left - 1 : 0);
  fclose(file);
}

static CK_RV shim_GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR slots, CK_ULONG_PTR count)
{
  ENTER(C_GetSlotList);
  if (was_absent)
  {
    *count = 0;
    return CKR_OK;
  }
  CK_RV result = real->C_GetSlotList(present, slots, count);
  if (result == CKR_OK && slots != NULL)
    for (CK_ULONG at = 0; at < *count; at++)
      slots[at] += shifted();
  return result;
}

static CK_RV shim_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info)
{
  ENTER_SESSION(C_GetSlotInfo);
  return real->C_GetSlotInfo(slot - shifted(), info);
}

static CK_RV shim_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
  char value[256], most[64];
  ENTER(C_GetTokenInfo);
  if (was_absent)
    return CKR_TOKEN_NOT_PRESENT;
  CK_RV result = real->C_GetTokenInfo(slot - shifted(), info);
  if (result != CKR_OK)
    return result;
  if (setting("flags", value, sizeof value) != NULL)
    info->flags |= strtoul(value, NULL, 0);
  if (has("keypad"))
    info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (setting("pin-length", value, sizeof value) != NULL)
    sscanf(value, "%lu %lu", &info->ulMinPinLen, &info->ulMaxPinLen);
  int left = tries_left();
  if (left >= 0 && setting("tries", most, sizeof most) != NULL)
  {
    info->flags &= ~(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
    if (left < atoi(most))
      info->flags |= CKF_USER_PIN_COUNT_LOW;
    if (left == 1)
      info->flags |= CKF_USER_PIN_FINAL_TRY;
    if (left == 0)
      info->flags |= CKF_USER_PIN_LOCKED;
  }
  return CKR_OK;
}

static CK_RV shim_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR mechanisms, CK_ULONG_PTR count)
{
  ENTER(C_GetMechanismList);
  if (was_absent)
    return CKR_TOKEN_NOT_PRESENT;
  CK_RV result = real->C_GetMechanismList(slot - shifted(), mechanisms, count);
  if (result != CKR_OK || mechanisms == NULL)
    return result;
  CK_ULONG kept = 0;
  for (CK_ULONG at = 0; at < *count; at++)
    if (!names("hide", mechanisms[at]))
      mechanisms[kept++] = mechanisms[at];
  *count = kept;
  return CKR_OK;
}

static CK_RV shim_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
                              CK_SESSION_HANDLE_PTR session)
{
  ENTER(C_OpenSession);
  if (was_absent)
    return CKR_TOKEN_NOT_PRESENT;
  CK_RV result = real->C_OpenSession(slot - shifted(), flags, application, notify, session);
  note("C_OpenSession", result);
  return result;
}

static CK_RV shim_CloseSession(CK_SESSION_HANDLE session)
{
  ENTER_SESSION(C_CloseSession);
  CK_RV result = real->C_CloseSession(session);
  note("C_CloseSession", result);
  return result;
}

static CK_RV shim_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info)
{
  ENTER_SESSION(C_GetSessionInfo);
  return real->C_GetSessionInfo(session, info);
}

static CK_RV shim_Login(CK_SESSION_HANDLE session, CK_USER_TYPE type, CK_UTF8CHAR_PTR pin, CK_ULONG length)
{
  char keypad[256], always[256], what[64];
  ENTER_SESSION(C_Login);
  CK_RV result = CKR_OK;
  if (tries_left() == 0)
    result = CKR_PIN_LOCKED;
  else if (setting("keypad", keypad, sizeof keypad) != NULL)
  {
    int is_none = pin == NULL || (length == 0 && has("keypad-takes-empty"));
    if (!is_none)
      result = CKR_ARGUMENTS_BAD;
    else if (strcmp(keypad, "cancel") == 0)
      result = CKR_FUNCTION_CANCELED;
    pin = (CK_UTF8CHAR_PTR)keypad;
    length = strlen(keypad);
  }
  if (result == CKR_OK && type == CKU_CONTEXT_SPECIFIC && setting("always", always, sizeof always) != NULL)
  {
    if (length == strlen(always) && memcmp(pin, always, length) == 0)
    {
      for (int at = 0; at < MOST_SESSIONS; at++)
        if (waiting[at] == session)
          waiting[at] = 0;
    }
    else
      result = CKR_PIN_INCORRECT;
  }
  else if (result == CKR_OK)
    result = real->C_Login(session, type, pin, length);
  count_try(result);
  snprintf(what, sizeof what, "C_Login %lu %s", (unsigned long)type, has("keypad") ? "keypad" : "pin");
  note(what, result);
  return result;
}

static CK_RV shim_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR attributes,
                                    CK_ULONG count)
{
  ENTER_SESSION(C_GetAttributeValue);
  CK_RV result = real->C_GetAttributeValue(session, object, attributes, count);
  for (CK_ULONG at = 0; result == CKR_OK && has("always") && at < count; at++)
    if (attributes[at].type == CKA_ALWAYS_AUTHENTICATE && attributes[at].pValue != NULL)
      *(CK_BBOOL *)attributes[at].pValue = CK_TRUE;
  return result;
}

static CK_RV shim_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count)
{
  ENTER_SESSION(C_FindObjectsInit);
  return real->C_FindObjectsInit(session, template, count);
}

static CK_RV shim_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
  char what[64];
  ENTER_SESSION(C_SignInit);
  CK_RV result = names("refuse", mechanism->mechanism) || names("hide", mechanism->mechanism)
                     ? CKR_MECHANISM_INVALID
                     : real->C_SignInit(session, mechanism, key);
  for (int at = 0, wants_pin = has("always"); result == CKR_OK && wants_pin && at < MOST_SESSIONS; at++)
    if (waiting[at] == 0 || waiting[at] == session)
    {
      waiting[at] = session;
      break;
    }
  snprintf(what, sizeof what, "C_SignInit %lu", (unsigned long)mechanism->mechanism);
  note(what, result);
  return result;
}

static CK_RV sign_now(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature,
                      CK_ULONG_PTR signature_length)
{
  ENTER_SESSION(C_Sign);
  for (int at = 0, wants_pin = has("always"); wants_pin && at < MOST_SESSIONS; at++)
    if (waiting[at] == session)
      return CKR_USER_NOT_LOGGED_IN;
  CK_RV result = real->C_Sign(session, data, length, signature, signature_length);
  note("C_Sign", result);
  return result;
}

static CK_RV shim_Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature,
                       CK_ULONG_PTR signature_length)
{
  int at_once = ++operations;
  if (at_once > most_operations)
  {
    char what[64];
    most_operations = at_once;
    snprintf(what, sizeof what, "%d at once", at_once);
    note(what, CKR_OK);
  }
  CK_RV result = sign_now(session, data, length, signature, signature_length);
  operations--;
  return result;
}

static CK_RV shim_Finalize(CK_VOID_PTR reserved)
{
  note(operations > 0 ? "C_Finalize beneath C_Sign" : "C_Finalize", CKR_OK);
  return real->C_Finalize(reserved);
}

static CK_RV shim_Initialize(CK_VOID_PTR arguments)
{
  ENTER(C_Initialize);
  CK_RV result = real->C_Initialize(arguments);
  note("C_Initialize", result);
  return result;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR functions)
{
  Dl_info own;
  char module[4096];
  CK_C_GetFunctionList get;
  if (real == NULL)
  {
    if (dladdr((void *)C_GetFunctionList, &own) == 0)
      return CKR_GENERAL_ERROR;
    snprintf(path, sizeof path, "%s", own.dli_fname);
    read_control();
    if (setting("module", module, sizeof module) == NULL)
      return CKR_GENERAL_ERROR;
    void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL || (get = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList")) == NULL ||
        get(&real) != CKR_OK)
      return CKR_GENERAL_ERROR;
    list = *real;
    list.C_Initialize = shim_Initialize;
    list.C_Finalize = shim_Finalize;
    list.C_GetSlotList = shim_GetSlotList;
    list.C_GetSlotInfo = shim_GetSlotInfo;
    list.C_GetTokenInfo = shim_GetTokenInfo;
    list.C_GetMechanismList = shim_GetMechanismList;
    list.C_OpenSession = shim_OpenSession;
    list.C_CloseSession = shim_CloseSession;
    list.C_GetSessionInfo = shim_GetSessionInfo;
    list.C_Login = shim_Login;
    list.C_GetAttributeValue = shim_GetAttributeValue;
    list.C_FindObjectsInit = shim_FindObjectsInit;
    list.C_SignInit = shim_SignInit;
    list.C_Sign = shim_Sign;
  }
  *functions = &list;
  return CKR_OK;
}
